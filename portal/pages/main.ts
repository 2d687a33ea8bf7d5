// The browser's part of the portal: starts it in the page that portal/server/assets.ts serves.
import { h, render } from "preact";
import { App } from "./app.ts";
import { wordsFor } from "./words.ts";

const words = wordsFor(navigator.languages);
document.documentElement.lang = words.language;
const root = document.getElementById("app");
if (root) render(h(App, { words }), root);
