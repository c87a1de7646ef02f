// Normal noise that is the same in every browser and in Python: `normal` in
// gan_minimal/models/sampling.py, which explains it.

export function mix(x) {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

// Number `i` of the stream `seed`, evenly from 0 to 1, neither of which it reaches.
export function uniform(seed, i) {
  return (mix(mix(i) ^ mix(seed + 0x9e3779b9)) + 0.5) / 2 ** 32
}

// `n` numbers of the stream `seed`, from number `start` on, from the standard normal distribution.
export function normal(seed, n, start = 0) {
  const drawn = new Float32Array(n)
  for (let k = 0; k < n; k++) {
    const i = start + k
    const even = i - (i % 2)
    const radius = Math.sqrt(-2 * Math.log(uniform(seed, even)))
    const angle = 2 * Math.PI * uniform(seed, even + 1)
    drawn[k] = radius * (i % 2 ? Math.sin(angle) : Math.cos(angle))
  }
  return drawn
}
