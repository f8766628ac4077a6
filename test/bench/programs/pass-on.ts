import { createSocket } from 'node:dgram';
import { required, serve } from './stay.js';

/** Passes on each datagram to a port, and does nothing else. */
const next = Number(required('NEXT'));
const socket = createSocket('udp4');
socket.on('message', (message) => socket.send(message, next, '127.0.0.1'));
socket.bind(0, '127.0.0.1', () => serve({ port: socket.address().port }));
