import { setFlagsFromString } from "node:v8";

// Objects of a snapshot live as long as the run: a large young generation copies them about, and costs 100 MB for 5,000 pods.
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--max-semi-space-size=2");
