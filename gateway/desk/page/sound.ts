const STORED = 'vaxel.sound';

/** The optional sound of an offer: two soft tones, off until the agent switches it on. */
export class OfferSound {
  private audio: AudioContext | null = null;

  get isOn(): boolean {
    return localStorage.getItem(STORED) === 'on';
  }

  set(isOn: boolean): void {
    localStorage.setItem(STORED, isOn ? 'on' : 'off');
    if (isOn) this.play();
  }

  play(): void {
    if (!this.isOn) return;
    this.audio ??= new AudioContext();
    // Browsers keep sound suspended until the agent has clicked once; then it plays from here on.
    void this.audio.resume();
    this.tone(587, 0);
    this.tone(784, 0.18);
  }

  private tone(hertz: number, inSeconds: number): void {
    const { audio } = this;
    if (audio === null) return;
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
}
