"""Forms with files, read in memory."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialgraph.server.forms import Form, Upload, parse_multipart

TYPE = "multipart/form-data; boundary=xyz"
NAMES = st.text(st.characters(min_codepoint=32, blacklist_categories=["Cs"]), min_size=1, max_size=12)


@given(
    st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), st.lists(NAMES, min_size=1, max_size=3)),
    st.binary(max_size=200),
    st.from_regex(r"[A-Za-z0-9._ -]{1,20}\.json", fullmatch=True),
)
def test_what_a_client_sends_is_read(fields: dict[str, list[str]], content: bytes, name: str) -> None:
    """Every field and every byte of a file arrives as it was sent."""
    request = httpx.Request("POST", "http://a/", data=fields, files={"a file": (name, content)})
    form = parse_multipart(request.headers["content-type"], request.read())
    assert form.fields == {key: tuple(value.strip() for value in some) for key, some in fields.items()}
    assert form.files == {"a file": Upload(name, content)}


def test_a_form_without_a_chosen_file_has_one_without_name() -> None:
    """Browsers send an empty part for a file that wasn't chosen."""
    body = b'--xyz\r\nContent-Disposition: form-data; name="f"; filename=""\r\n\r\n\r\n--xyz--\r\n'
    assert parse_multipart(TYPE, body).files["f"] == Upload("", b"")


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("multipart/form-data", b"", "no boundary"),
        (TYPE, b"", "ends in the middle"),
        (TYPE, b"--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n1", "ends in the middle"),
        (TYPE, b"--xyz\r\n\r\n1\r\n--xyz--", "no name"),
        (TYPE, b"--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--xyz--", "UTF-8"),
        (TYPE, b"--xyz\r\n" * 300 + b"--xyz--", "more than 200"),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes, words: str) -> None:
    """A form that is cut off, or isn't one, is never half read."""
    with pytest.raises(ValueError, match=words):
        parse_multipart(kind, body)


@given(st.binary(max_size=300))
def test_nothing_else_goes_wrong(noise: bytes) -> None:
    """Whatever the bytes, the form is read or refused."""
    try:
        parse_multipart(TYPE, b"--xyz\r\n" + noise + b"\r\n--xyz--")
    except ValueError:
        return


def test_a_form_in_a_message_shows_no_content() -> None:
    """What was sent doesn't get into a log by way of an error's text."""
    assert "secret" not in repr(Form({"a": ("secret",)}, {"b": Upload("c", b"secret")}))
