import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Answer } from './responses.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
}

/**
 * Reads the page's files (html, css, js, svg; not below sub-folders) of all folders into memory, by file name. Requests are answered
 * from this table only, so no request can name a path. A folder that is missing is an error: a desk without a page is no desk.
 */
export async function readDeskFiles(folders: readonly string[]): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const body = await readFile(join(folder, entry.name));
      files.set(entry.name, { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` });
    }
  }
  return files;
}

/** Answers a path below `/desk/`; null when there is no such file. */
export function deskAnswer(files: ReadonlyMap<string, PageFile>, name: string, ifNoneMatch: string | undefined): Answer | null {
  const file = files.get(name === '' ? 'index.html' : name);
  if (file === undefined) return null;
  // The page itself is never kept, so that a new release shows at once; the rest is revalidated by its ETag.
  const isPage = file.type.startsWith('text/html');
  const headers = { 'Content-Type': file.type, 'Cache-Control': isPage ? 'no-store' : 'no-cache', ...(isPage ? {} : { ETag: file.etag }) };
  if (!isPage && ifNoneMatch === file.etag) return { status: 304, headers };
  return { status: 200, headers, body: file.body };
}
