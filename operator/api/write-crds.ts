// `npm run crds`: writes components/vdi-operator/crds/vdi.kasm.io.json, the form in which the program ships the API.
import { writeFileSync } from "node:fs";
import { crdFile, crdFileText } from "./crd-file.ts";

writeFileSync(crdFile, crdFileText());
