// Socket.IO as it comes, a room for each channel: what bench/edge/ measures against.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, pingInterval: 60_000 });
io.on('connection', (socket) => {
  socket.on('join', (channels, done) => {
    for (const channel of channels) socket.join(channel);
    done();
  });
});
http.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: `http://127.0.0.1:${http.address().port}` })));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { channels, rate, seconds, payload } = JSON.parse(line);
  const began = performance.now();
  const total = rate * seconds;
  let sent = 0;
  const timer = setInterval(() => {
    const wanted = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
    for (; sent < wanted; sent++) io.to(`channel-${sent % channels}`).emit('event', payload);
    if (sent < total) return;
    clearInterval(timer);
    console.log('{"done":true}');
  }, 1);
});
