// The console is the page's: one kind of line, always with our name, never an error.

export const note = (what) => console.info("[goodword]", what);
