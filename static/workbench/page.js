// The workbench with JavaScript, one script of several files.
// Everything here only helps: forms and links do the same without it. Text from models is set as
// text, but for formulas. The files are joined in no promised order: at the top of a file nothing
// runs but declarations and listeners.

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const points = (text) => [...text].length;
