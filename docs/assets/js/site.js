// What the theme does not do. Plain script, no library, works after instant navigation.

// The language link keeps the page and the place in it. Instant navigation leaves the header as it
// was but renews the head, which names this page's other language.
document.addEventListener("click", event => {
  const link = event.target.closest("a[data-language]")
  if (!link) return
  const other = document.head.querySelector(`link[hreflang="${link.hreflang}"]`)
  link.href = other.href + location.search + location.hash
}, true)

// What scrolls sideways on a narrow screen can be reached with the keyboard, and only then.
const scrolling = ".formula, .diagram, .output, .md-typeset__scrollwrap"
function makeReachable() {
  for (const box of document.querySelectorAll(scrolling))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute("tabindex")
}
addEventListener("resize", makeReachable)

const words = {
  ko: {
    stop: "멈추기",
    play: "움직이기",
    right: "맞았다.",
    wrong: right => `틀렸다. 정답은 ${right}번이다.`,
    score: (right, all) => `${all}문제 중 ${right}문제를 맞혔다.`,
    again: "다시 풀기",
    bench: "실험대 열기",
    loading: "불러오는 중…",
    shut: "실험대를 열지 못했다. 파일로 연 페이지라면 그 폴더의 python serve.py처럼 서버를 거쳐야 한다."
  },
  en: {
    stop: "Pause",
    play: "Play",
    right: "Correct.",
    wrong: right => `Wrong. The answer is ${right}.`,
    score: (right, all) => `${right} of ${all} correct.`,
    again: "Start again",
    bench: "Open the bench",
    loading: "Loading…",
    shut: "The bench could not be opened. A page that was opened as a file needs a server, such as the python serve.py in its folder."
  }
}[document.documentElement.lang]

// Self-tests: the options become buttons, and the page remembers in this browser what was chosen.
// Without scripts a self-test is a list with a folded answer.
function chosenBefore() {
  try {
    return JSON.parse(localStorage.getItem(`quiz:${location.pathname}`)) || {}
  } catch {
    return {} // storage is switched off, or somebody else has written there
  }
}

function remember(chosen) {
  try {
    localStorage.setItem(`quiz:${location.pathname}`, JSON.stringify(chosen))
  } catch {} // then it is forgotten when the page is left
}

function make(name, className, ...content) {
  const element = document.createElement(name)
  element.className = className
  element.append(...content)
  return element
}

function setUpQuizzes(boxes) {
  let chosen = chosenBefore()
  const score = make("p", "quiz-score")
  score.setAttribute("role", "status")
  const again = make("button", "quiz-again", words.again)

  const quizzes = boxes.map(box => {
    const title = box.querySelector(".admonition-title")
    const question = title.textContent
    const answer = box.querySelector("details")
    const right = Number(answer.querySelector("summary").textContent.match(/\d+/)[0])
    const verdict = make("p", "quiz-verdict")
    verdict.setAttribute("role", "status")
    answer.before(verdict)
    const buttons = [...box.querySelectorAll("ol > li")].map((option, index) => {
      const button = make("button", "", ...option.childNodes)
      button.addEventListener("click", () => {
        if (chosen[question]) return // the first choice counts
        chosen[question] = index + 1
        remember(chosen)
        show()
        answer.open = true
      })
      option.append(button)
      return button
    })
    const showThis = () => {
      const choice = chosen[question]
      buttons.forEach((button, index) => {
        button.setAttribute("aria-pressed", choice === index + 1)
        button.setAttribute("aria-disabled", Boolean(choice))
        button.classList.toggle("right", Boolean(choice) && right === index + 1)
        button.classList.toggle("wrong", choice === index + 1 && choice !== right)
      })
      verdict.textContent = !choice ? "" : choice === right ? words.right : words.wrong(right)
      answer.hidden = !choice // its title would tell the answer
      if (!choice) answer.open = false
      return choice === right
    }
    return { question, first: buttons[0], show: showThis }
  })

  function show() {
    const right = quizzes.filter(quiz => quiz.show()).length
    const begun = quizzes.some(quiz => chosen[quiz.question])
    score.textContent = begun ? words.score(right, quizzes.length) : ""
    again.hidden = !begun
  }

  again.addEventListener("click", () => {
    chosen = {}
    remember(chosen)
    show()
    quizzes[0].first.focus()
  })
  boxes.at(-1).after(make("div", "quiz-end", score, again))
  show()
}

// Benches of the laboratory (lab/): what one runs is loaded when it is opened, and not before. An
// address that carries the state of a bench opens it.
function setUpBench(box) {
  const button = make("button", "bench-open", words.bench)
  const told = make("p", "bench-status")
  told.setAttribute("role", "status")
  const open = async () => {
    button.setAttribute("aria-disabled", true)
    told.textContent = words.loading
    try {
      const bench = await import("./lab/bench.js")
      await bench.open(box)
    } catch (error) {
      console.error(error)
      told.textContent = words.shut
      button.removeAttribute("aria-disabled")
    }
  }
  button.addEventListener("click", () => button.hasAttribute("aria-disabled") || open())
  box.append(button, told)
  box.dataset.name = [box.dataset.bench, box.dataset.run].filter(Boolean).join("-")
  if (new URLSearchParams(location.search).get("bench") === box.dataset.name) open()
}

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

  const quizzes = [...document.querySelectorAll(".quiz:has(ol):has(details)")]
  if (quizzes.length && !document.querySelector(".quiz-end")) setUpQuizzes(quizzes)

  for (const box of document.querySelectorAll(".bench:not(:has(button))")) setUpBench(box)

  // Animations can be stopped (WCAG 2.2.2): the button swaps the moving picture for its last frame.
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
      button.textContent = playing ? words.stop : words.play
    }
    button.addEventListener("click", () => { playing = !playing; show() })
    show()
    box.append(button)
  }
})
