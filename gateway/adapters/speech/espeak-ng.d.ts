/** The npm package espeak-ng 1.0.2: the espeak-ng 1.51 command as WebAssembly. Only what is used here. */
declare module 'espeak-ng' {
  interface Files {
    writeFile(path: string, data: string): void;
    readFile(path: string): Uint8Array;
  }
  interface Instance {
    readonly FS: Files;
  }
  /** Runs the command once on files in memory; the machine's files are out of its reach. */
  const runCommand: (options: {
    readonly arguments: readonly string[];
    /** Called with the instance before the command runs. */
    readonly preRun: readonly ((instance: Instance) => void)[];
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  }) => Promise<Instance>;
  // eslint-disable-next-line no-restricted-exports -- the form that the package has
  export default runCommand;
}
