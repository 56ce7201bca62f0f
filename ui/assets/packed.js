// Numbers as they come from Python: bytes in base64.

const FULL_SCALE = 32767; // a coordinate of 1, as a signed 16-bit number

function bytes(text) { return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)); }

function shorts(text) { return new Int16Array(bytes(text).buffer); }

function floats(text) { return new Float32Array(bytes(text).buffer); }
