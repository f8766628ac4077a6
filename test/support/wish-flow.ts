/** A flow that books a callback by one key. */
export const WISH_FLOW = `purpose: Books a callback by one key.
owner: tests
reviewBy: 2036-01-01
expect: nobody is called twice at once
languages: [en]
start: wish
error: person
vars: { number: { type: text, label: number } }
prompts: { right: { en: Press one. }, other: { en: Number. }, thanks: { en: Thanks. } }
nodes:
  wish: { do: callback, prompt: right, enter: other, into: number, queue: billing, confirmed: thanks, refused: person, noInput: { retries: 2, next: person }, noMatch: { retries: 2, next: person } }
  thanks: { do: hangup, prompt: thanks }
  person: { do: queue, queue: billing }
`;
