import { Desk } from './desk.js';
import { takeToken } from './token.js';

const app = document.getElementById('app');
const announce = document.getElementById('announce');
if (app === null || announce === null) throw new Error('the page lacks its frame');

const desk = new Desk({ app, announce });
desk.begin(takeToken());
