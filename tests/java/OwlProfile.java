import java.io.File;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.MissingImportHandlingStrategy;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyLoaderConfiguration;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;
import org.semanticweb.owlapi.profiles.Profiles;
import org.semanticweb.owlapi.util.SimpleIRIMapper;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Opens an ontology with the OWL API as Protégé does, finding imports by the XML catalogue beside it and
 * nowhere else, and prints what keeps it from OWL 2 DL, then how much was read.
 *
 * <p>Arguments: the root file, then a file of the ontologies' IRIs by catalogue. Further files are loaded and
 * imported together with the root. Exits with 1 when there is a violation.
 */
final class OwlProfile {

    public static void main(String[] files) throws Exception {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        manager.setOntologyLoaderConfiguration(new OWLOntologyLoaderConfiguration()
            .setMissingImportHandlingStrategy(MissingImportHandlingStrategy.THROW_EXCEPTION));
        File root = new File(files[0]).getAbsoluteFile();
        addCatalogue(manager, root.getParentFile());
        OWLOntology ontology = manager.loadOntologyFromOntologyDocument(root);
        System.out.println("imports closure: " + ontology.importsClosure()
            .map(each -> each.getOntologyID().getOntologyIRI().map(IRI::toString).orElse("?"))
            .sorted().collect(Collectors.joining(" ")));
        for (int i = 1; i < files.length; i++) {
            OWLOntology more = manager.loadOntologyFromOntologyDocument(new File(files[i]));
            more.axioms().forEach(ontology::addAxiom);
        }
        List<OWLProfileViolation> found = Profiles.OWL2_DL.checkOntology(ontology).getViolations();
        found.forEach(each -> System.out.println("violation: " + each.toString().replace('\n', ' ')));
        System.out.println("logical axioms: "
            + ontology.importsClosure().mapToLong(OWLOntology::getLogicalAxiomCount).sum());
        System.exit(found.isEmpty() ? 0 : 1);
    }

    private static void addCatalogue(OWLOntologyManager manager, File folder) throws Exception {
        NodeList entries = DocumentBuilderFactory.newInstance().newDocumentBuilder()
            .parse(new File(folder, "catalog-v001.xml")).getElementsByTagName("uri");
        for (int i = 0; i < entries.getLength(); i++) {
            Element entry = (Element) entries.item(i);
            manager.getIRIMappers().add(new SimpleIRIMapper(
                IRI.create(entry.getAttribute("name")), IRI.create(new File(folder, entry.getAttribute("uri")))));
        }
    }
}
