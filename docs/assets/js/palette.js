// Light or dark as the reader chose before: as soon as there is a body, and before it is painted.
for (const [name, value] of Object.entries(__md_get("__palette")?.color ?? {})) {
  document.body.setAttribute(`data-md-color-${name}`, value)
}
