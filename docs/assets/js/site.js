// What the theme does not do. Plain script, no library, works after instant navigation.

// The language link keeps the page and the place in it. Instant navigation leaves the header as it
// was but renews the head, which names this page's other language.
document.addEventListener("click", event => {
  const link = event.target.closest("a[data-language]")
  if (!link) return
  const other = document.head.querySelector(`link[hreflang="${link.hreflang}"]`)
  link.href = other.href + location.hash
}, true)

// What scrolls sideways on a narrow screen can be reached with the keyboard, and only then.
const scrolling = ".formula, .diagram, .output, .md-typeset__scrollwrap"
function makeReachable() {
  for (const box of document.querySelectorAll(scrolling))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute("tabindex")
}
addEventListener("resize", makeReachable)

// Animations can be stopped (WCAG 2.2.2): the button swaps the moving picture for its last frame.
const words = { ko: ["멈추기", "움직이기"], en: ["Pause", "Play"] }[document.documentElement.lang]

document$.subscribe(() => {
  // Landmarks that the theme leaves without a name of their own.
  for (const nav of document.querySelectorAll("nav[aria-labelledby]")) {
    nav.removeAttribute("aria-labelledby")
    nav.setAttribute("aria-label", nav.querySelector(".md-nav__title").textContent.trim())
  }
  setTimeout(() => {
    for (const nav of document.querySelectorAll(".md-code__nav")) nav.setAttribute("role", "none")
    makeReachable()
  })

  for (const box of document.querySelectorAll(".animation:not(:has(button))")) {
    const source = box.querySelector("source")
    const picture = box.querySelector("img")
    const moving = picture.src
    const still = source.srcset
    let playing = !matchMedia(source.media).matches
    source.remove()
    const button = document.createElement("button")
    const show = () => {
      picture.src = playing ? moving : still
      button.textContent = words[playing ? 0 : 1]
    }
    button.addEventListener("click", () => { playing = !playing; show() })
    show()
    box.append(button)
  }
})
