const STORED = 'vaxel.sound';
const RING_EVERY_MS = 3_000;

/** The sound of an offer: two soft tones, on until the agent switches it off. */
export class OfferSound {
  private audio: AudioContext | null = null;
  private ringing: number | undefined;

  get isOn(): boolean {
    return localStorage.getItem(STORED) !== 'off';
  }

  /** Browsers let a page be heard from the first click or key on. */
  get isWaitingForClick(): boolean {
    return this.isOn && !navigator.userActivation.hasBeenActive;
  }

  set(isOn: boolean): void {
    localStorage.setItem(STORED, isOn ? 'on' : 'off');
    this.play();
  }

  play(): void {
    // What is not heard now would be heard late, at the first click.
    if (!this.isOn || this.isWaitingForClick) return;
    const audio = (this.audio ??= new AudioContext());
    void audio.resume().then(() => {
      tone(audio, 587, 0);
      tone(audio, 784, 0.18);
    });
  }

  /** Plays again and again until `quiet`: nothing else rings. */
  ring(): void {
    this.quiet();
    this.play();
    this.ringing = window.setInterval(() => this.play(), RING_EVERY_MS);
  }

  quiet(): void {
    window.clearInterval(this.ringing);
  }
}

function tone(audio: AudioContext, hertz: number, inSeconds: number): void {
  const from = audio.currentTime + inSeconds;
  const source = new OscillatorNode(audio, { frequency: hertz, type: 'sine' });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(0.12, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, from + 0.5);
  source.connect(volume).connect(audio.destination);
  source.start(from);
  source.stop(from + 0.55);
}
