const STORED = 'vaxel.token';

/**
 * The sign-in token: from the address's fragment (`#token=…`, which no server ever sees and which is removed at once, so that
 * it stays out of history and screenshots), else from this tab's own storage.
 */
export function takeToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    history.replaceState(null, '', location.pathname + location.search);
    keepToken(given);
  }
  return sessionStorage.getItem(STORED);
}

/** Keeps the token for reloads of this tab; null forgets it. */
export function keepToken(token: string | null): void {
  if (token === null) sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, token);
}
