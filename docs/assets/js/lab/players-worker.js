// Plays the games of two players: one of each kind, on the same data.

import { coverage, field, game, ideal } from "./games.js"
import { answer } from "./remote.js"

const SHOWN = 400 // points of each generator in the picture
const COUNTED = 1000 // points that coverage is counted in
const ESTIMATED = 6000 // points that a density is estimated from
const KINDS = ["gan", "wgan", "wgan_gp"]

let mixture, settings, games

function begin(data, chosen) {
  mixture = data
  settings = { ...chosen }
  games = KINDS.map(kind => game(kind, mixture, settings))
}

const actions = {
  round: playing => playing.playRound(),
  move: playing => playing.playMove()
}

// Play, and tell what there is to see; `cells` by `cells` values of each field.
answer((what, { data, chosen, times = 1, cells, best }) => {
  if (what === "begin") begin(data, chosen)
  else {
    Object.assign(settings, chosen) // what was changed while playing
    for (let i = 0; i < times; i++) games.forEach(actions[what])
  }
  return games.map(({ kind, players, state, fakes }) => {
    const drawn = fakes(COUNTED)
    return {
      kind,
      rounds: state.rounds,
      player: state.player,
      loss: { ...state.loss },
      coverage: coverage(mixture, drawn),
      points: drawn.slice(0, 2 * SHOWN),
      field: field(players.critic, cells),
      ideal: best && kind === "gan" ? ideal(mixture, fakes(ESTIMATED), cells) : null
    }
  })
})
