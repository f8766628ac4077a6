/** The music that waiting callers hear: composed here by code, so that nobody else has a right in it. */

const RATE = 8_000;
const BEATS_PER_MINUTE = 72;
const BEAT_SAMPLES = Math.round((60 / BEATS_PER_MINUTE) * RATE);
const BEATS_PER_CHORD = 4;
/** Loudest sample; soft, as it comes between prompts that must be understood. */
const PEAK = 6_000;

/** MIDI note numbers. Two times four bars in D major, the second time with another ending. */
const CHORDS: readonly (readonly number[])[] = [
  [57, 62, 66, 69, 73], // D with major seventh
  [59, 62, 66, 69, 74], // B minor seventh
  [55, 59, 62, 66, 71], // G with major seventh
  [57, 61, 64, 69, 71], // A with the ninth
  [57, 62, 66, 69, 73],
  [54, 57, 61, 66, 69], // F sharp minor
  [55, 59, 62, 66, 71],
  [57, 62, 64, 69, 74], // A suspended, which leads back
];
/** Which note of the chord is plucked on each half beat; -1 rests. */
const ARPEGGIO = [0, 2, 4, 3, 1, 3, 4, -1];

const hertz = (note: number): number => 440 * 2 ** ((note - 69) / 12);

interface Note {
  readonly hertz: number;
  readonly from: number;
  readonly samples: number;
  readonly level: number;
}

/** The whole loop as 8 kHz samples. Its end runs into its beginning without a seam: tails wrap around. */
export function composeMusic(): Int16Array {
  const loop = new Float64Array(CHORDS.length * BEATS_PER_CHORD * BEAT_SAMPLES);
  CHORDS.forEach((chord, index) => {
    const from = index * BEATS_PER_CHORD * BEAT_SAMPLES;
    for (const note of chord) addPad(loop, { hertz: hertz(note), from, samples: BEATS_PER_CHORD * BEAT_SAMPLES, level: 0.16 });
    ARPEGGIO.forEach((step, halfBeat) => {
      const note = chord[step];
      if (note !== undefined) addPluck(loop, { hertz: hertz(note + 12), from: from + Math.round((halfBeat * BEAT_SAMPLES) / 2), samples: 3 * BEAT_SAMPLES, level: 0.3 });
    });
  });
  addEcho(loop);
  const peak = loop.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return Int16Array.from(loop, (sample) => Math.round((sample / peak) * PEAK));
}

/** A chord tone that swells and fades over its neighbours; two voices slightly apart make it breathe. */
function addPad(loop: Float64Array, note: Note): void {
  const fade = Math.round(note.samples * 0.4);
  const length = note.samples + fade;
  for (let i = 0; i < length; i++) {
    const swell = Math.sin((Math.PI / 2) * Math.min(1, i / fade, (length - i) / fade)) ** 2;
    const turn = (2 * Math.PI * i) / RATE;
    const wave = Math.sin(turn * note.hertz * 0.998) + Math.sin(turn * note.hertz * 1.002) + 0.25 * Math.sin(2 * turn * note.hertz);
    add(loop, note.from + i, note.level * swell * wave);
  }
}

/** A struck tone: a short attack, harmonics that die sooner than the ground tone. */
function addPluck(loop: Float64Array, note: Note): void {
  for (let i = 0; i < note.samples; i++) {
    const seconds = i / RATE;
    const attack = Math.min(1, i / 60);
    const ring = Math.exp(-2.2 * seconds) * Math.sin(2 * Math.PI * note.hertz * seconds) + 0.35 * Math.exp(-5 * seconds) * Math.sin(4 * Math.PI * note.hertz * seconds);
    const end = Math.min(1, (note.samples - i) / 400);
    add(loop, note.from + i, note.level * attack * end * ring);
  }
}

/** One quiet repeat after three quarters of a beat, around the end of the loop as well. */
function addEcho(loop: Float64Array): void {
  const dry = loop.slice();
  const delay = Math.round(BEAT_SAMPLES * 0.75);
  for (let i = 0; i < loop.length; i++) loop[i] = (dry[i] ?? 0) + 0.25 * (dry[(i - delay + loop.length) % loop.length] ?? 0);
}

function add(loop: Float64Array, at: number, sample: number): void {
  const index = at % loop.length;
  loop[index] = (loop[index] ?? 0) + sample;
}
