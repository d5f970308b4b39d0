// A shop built on wechatpay-axios-plugin alone: reads one JSON command a line, answers one JSON line each.
// Its own server takes callbacks: 204 for one that the SDK verifies and decrypts, 401 for any other.
const { createServer } = require('node:http');
const { createInterface } = require('node:readline');
const { Wechatpay, Rsa, Aes, Formatter } = require('wechatpay-axios-plugin');

const shop = JSON.parse(process.argv[2]);
const publicKey = (file) => Rsa.from(`file://${file}`, Rsa.KEY_TYPE_PUBLIC);
const privateKey = (file) => Rsa.from(`file://${file}`, Rsa.KEY_TYPE_PRIVATE);
const certs = Object.fromEntries(Object.entries(shop.certs).map(([serial, file]) => [serial, publicKey(file)]));
const merchantKey = privateKey(shop.privateKeyFile);
const wxpay = new Wechatpay({
  baseURL: shop.url, mchid: shop.mchid, serial: shop.serial, privateKey: merchantKey, certs, proxy: false,
});
const received = [];

function open(headers, body) {
  const [timestamp, nonce, signature, serial] = ['timestamp', 'nonce', 'signature', 'serial']
    .map((name) => headers[`wechatpay-${name}`]);
  const fresh = Math.abs(Formatter.timestamp() - timestamp) <= 300;
  if (!fresh || !certs[serial] || !Rsa.verify(Formatter.response(timestamp, nonce, body), signature, certs[serial])) {
    throw new Error('not verified');
  }
  const notice = JSON.parse(body);
  const { ciphertext, nonce: iv, associated_data: aad } = notice.resource;
  return { ...notice, serial, resource: JSON.parse(Aes.AesGcm.decrypt(ciphertext, shop.apiv3Key, iv, aad)) };
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    try {
      received.push(open(request.headers, Buffer.concat(chunks).toString()));
      response.writeHead(204).end();
    } catch (error) {
      received.push({ refused: error.message });
      response.writeHead(401).end();
    }
  });
});

const commands = {
  received: () => received,
  async call({ method, path, body, params, headers }) {
    const resource = wxpay.chain(path);
    const config = { params, headers };
    try {
      const { status, data } = await (body ? resource[method](body, config) : resource[method](config));
      return { status, data };
    } catch (error) {
      return { status: error.response?.status, data: error.response?.data, error: error.code };
    }
  },
  async bill({ path, params }) {
    const { data: announced } = await wxpay.chain(path).get({ params });
    const url = new URL(announced.download_url);
    const query = Object.fromEntries(url.searchParams);
    const file = await wxpay.chain(url.pathname.slice(1)).get({ params: query, responseType: 'arraybuffer' });
    return Formatter.castCsvBill(file.data);
  },
  requestPayment({ prepayId }) {
    const [timeStamp, nonceStr, pack] = [`${Formatter.timestamp()}`, Formatter.nonce(), `prepay_id=${prepayId}`];
    const paySign = Rsa.sign(Formatter.joinedByLineFeed(shop.appid, timeStamp, nonceStr, pack), merchantKey);
    return { appId: shop.appid, timeStamp, nonceStr, package: pack, signType: 'RSA', paySign };
  },
  verifies({ lines, signature, file }) {
    return Rsa.verify(Formatter.joinedByLineFeed(...lines), signature, publicKey(file));
  },
  seal: ({ text, serial }) => Rsa.encrypt(text, certs[serial]),
  notice({ file, serial, resource, eventType }) {
    const [timestamp, nonce, iv, aad] = [`${Formatter.timestamp()}`, Formatter.nonce(), Formatter.nonce(12), 'any'];
    const ciphertext = Aes.AesGcm.encrypt(JSON.stringify(resource), shop.apiv3Key, iv, aad);
    const sealed = { algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce: iv, associated_data: aad };
    const body = JSON.stringify({ id: 'EV-1', event_type: eventType, resource: sealed });
    const signature = Rsa.sign(Formatter.response(timestamp, nonce, body), privateKey(file));
    const signed = { Timestamp: timestamp, Nonce: nonce, Signature: signature, Serial: serial };
    return { body, headers: Object.fromEntries(Object.entries(signed).map(([k, v]) => [`Wechatpay-${k}`, v])) };
  },
};

server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ notifyUrl: `http://127.0.0.1:${server.address().port}/notify` }));
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const { name, ...wanted } = JSON.parse(line);
    try {
      console.log(JSON.stringify({ result: await commands[name](wanted) }));
    } catch (error) {
      console.log(JSON.stringify({ error: `${error.message}` }));
    }
  }).on('close', () => process.exit());
});
