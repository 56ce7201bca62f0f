// The trained network, run by onnxruntime-web within this page; one question after another.

async function openNetwork() {
  ort.env.wasm.numThreads = 1; // more need workers, and headers that a plain server does not send
  ort.env.wasm.wasmBinary = (await unpacked("binary")).buffer;
  const factory = new Blob([await unpacked("factory")], { type: "text/javascript" });
  ort.env.wasm.wasmPaths = { mjs: URL.createObjectURL(factory) };
  const session = await ort.InferenceSession.create(await unpacked("model"), { executionProviders: ["wasm"] });
  let last = Promise.resolve();
  return (numbers, shape) => {
    last = last.catch(() => {}).then(() => asked(session, numbers, shape));
    return last;
  };
}

async function asked(session, numbers, shape) {
  const kind = numbers instanceof Float64Array ? "float64" : "float32";
  const results = await session.run({ [session.inputNames[0]]: new ort.Tensor(kind, numbers, shape) });
  return Object.fromEntries(session.outputNames.map((name) => [name, Array.from(results[name].data)]));
}
