import Connection from 'kafkajs/src/network/connection.js';

const { connect } = Connection.prototype;

/**
 * kafkajs 2.2.4 keeps what had come of a response when its connection broke, and takes the first bytes of the next connection for
 * the rest of it: an error that nobody can catch, which ends the process. Here a connection begins with nothing.
 */
Connection.prototype.connect = function (this: Connection): Promise<unknown> {
  if (!this.isConnected()) {
    this.chunks = [];
    this.bytesBuffered = 0;
    this.bytesNeeded = lengthOfLength;
  }
  return connect.call(this);
};

/** A response begins with its own length. */
const lengthOfLength = 4;
