import { readFileSync } from "node:fs";
import type { VDISession, VDITemplate } from "../api/objects.ts";
