import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A way to a server's unix socket that a test can cut: as a network that fails between a process and a server that others still reach. */
export class CutLink {
  private isCut = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
    private target: string,
    /** Where the process connects. */
    readonly path: string,
  ) {}

  static async to(target: string): Promise<CutLink> {
    const folder = await mkdtemp(join(tmpdir(), 'vx-link-'));
    const path = join(folder, 's');
    const server = createServer((near) => link.join(near));
    const link = new CutLink(server, folder, target, path);
    server.listen(path);
    await once(server, 'listening');
    return link;
  }

  /** Every connection breaks, and new ones break at once. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** @param target in place of the server that it led to */
  mend(target = this.target): void {
    this.target = target;
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private join(near: Socket): void {
    if (this.isCut) return void near.destroy();
    const far = connect(this.target);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined).on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
