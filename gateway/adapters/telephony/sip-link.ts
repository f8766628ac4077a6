/** Whether drachtio-server is connected, and a way not to wait for answers that will never come once it is gone. */
export class SipLink {
  private isConnected = false;
  private readonly waiting = new Set<(error: Error) => void>();

  get isUp(): boolean {
    return this.isConnected;
  }

  connected(): void {
    this.isConnected = true;
  }

  /** Everything that waits for it fails now. */
  lost(): void {
    this.isConnected = false;
    for (const reject of this.waiting) reject(new Error('the SIP server was lost'));
    this.waiting.clear();
  }

  /** The same promise, except that it rejects when the SIP server is lost: srf's own never settles then. */
  async orLost<T>(work: Promise<T>): Promise<T> {
    let give: (error: Error) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => (give = reject));
    this.waiting.add(give);
    try {
      return await Promise.race([work, lost]);
    } finally {
      this.waiting.delete(give);
    }
  }
}
