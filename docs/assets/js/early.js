// Runs before anything is painted. The theme's own scripts use these names: what a reader chose is
// kept in this browser, under the folder in which the site lies, so that both languages share it.
var __md_scope = new URL("../..", document.currentScript.src)

function __md_get(key, storage = localStorage, scope = __md_scope) {
  return JSON.parse(storage.getItem(`${scope.pathname}.${key}`))
}

function __md_set(key, value, storage = localStorage, scope = __md_scope) {
  try {
    storage.setItem(`${scope.pathname}.${key}`, JSON.stringify(value))
  } catch {} // storage is full or switched off: then it is forgotten
}

// The search index weighs more than a page, so it is fetched when the search is first used.
XMLHttpRequest.prototype.open = (open => function (method, url, ...rest) {
  open.call(this, method, url, ...rest)
  if (!String(url).endsWith("/search_index.json") || /[?&]h=/.test(location.search)) return
  this.send = () => addEventListener("focusin", ({ target }) => {
    if (target.name === "query" && this.readyState === 1) XMLHttpRequest.prototype.send.call(this)
  })
})(XMLHttpRequest.prototype.open)
