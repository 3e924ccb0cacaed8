// What the picture of a graph takes of d3-force: where its nodes go.
export { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
