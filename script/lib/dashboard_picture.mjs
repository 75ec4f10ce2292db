// dashboard_picture.mjs FILE PICTURE: the first view of a dashboard that is one file, as the README shows it.
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.join(path.dirname(new URL(import.meta.url).pathname), '../..');
const { openBrowser, openPage, settled } = await import(path.join(root, 'tests/web/lib.mjs'));
const [file, picture] = process.argv.slice(2);
const browser = await openBrowser();
const page = await openPage(browser, { width: 1280, height: 1100 });
await page.goto(pathToFileURL(path.resolve(file)).href);
await settled(page);
await page.screenshot({ path: picture });
await browser.close();
if (page.wrong.length > 0) {
    throw new Error(page.wrong.join('; '));
}
