// Uploads a file with tus-js-client, as any Node program would; prints what the server answered last.
// Arguments: path of the client's package, endpoint, token, file, metadata as JSON.
import { createReadStream, statSync } from "node:fs";
import { createRequire } from "node:module";

const [packagePath, endpoint, token, file, metadata] = process.argv.slice(2);
const { Upload } = createRequire(`${packagePath}/package.json`)("tus-js-client");

let retries = 0;
const result = await new Promise((resolve, reject) => {
  const upload = new Upload(createReadStream(file), {
    endpoint,
    uploadSize: statSync(file).size,
    chunkSize: 64 * 1024,
    retryDelays: Array(20).fill(20),
    metadata: JSON.parse(metadata),
    headers: { Authorization: `Bearer ${token}` },
    onShouldRetry: () => { retries += 1; return true; },
    onAfterResponse: (_request, response) => { upload.receipt = response.getHeader("Upload-Receipt") ?? upload.receipt; },
    onError: reject,
    onSuccess: () => resolve({ receipt: upload.receipt ?? null, retries }),
  });
  upload.start();
});
console.log(JSON.stringify(result));
