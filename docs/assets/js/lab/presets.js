// Settings of the two players. What they do was tried over several seeds; a test repeats it.
//   lr       learning rate of the generator; the critic's is `faster` times that
//   critics, generators   moves of each in a round
//   clip     half the side of the box of WGAN's weights
//   penalty  λ of WGAN-GP

const common = { data: "ring", lr: 0.003, faster: 1, clip: 0.3, penalty: 0.1, width: 32 }

export const PRESETS = {
  steady: { ...common, critics: 5, generators: 1 },
  collapse: { ...common, critics: 1, generators: 8 },
  recover: { ...common, critics: 3, generators: 1 }
}
