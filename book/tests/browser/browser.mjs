// Chromium, and readers in it: each has a browser of its own, so to say, with languages,
// a size of the window and a theme. Whatever is wrong on a page it visits is reported.

import { createRequire } from 'node:module';

// Installed under target/, see .ci/browser; NODE_PATH says where.
const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');

export const axeSource = require('axe-core').source;

export const THEMES = ['light', 'rust', 'coal', 'navy', 'ayu'];
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 360, height: 740 };

// For whatever is awaited on a page, on a machine with much else to do.
const PATIENCE = 30_000;

// Two cores are what a CI machine has.
const WORKERS = 3;

export class Browser {
    static async start(report) {
        const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
        // Root may not use the sandbox; the pages are ours.
        const args = ['--no-sandbox', '--disable-dev-shm-usage'];
        const browser = await chromium.launch({ executablePath, args });
        return new Browser(browser, report);
    }

    constructor(browser, report) {
        this.browser = browser;
        this.report = report;
    }

    close() {
        return this.browser.close();
    }

    // Someone who reads at this site (an address, or a folder's), and nowhere else.
    async reader(site, options = {}) {
        const context = await this.browser.newContext({
            locale: 'en-GB',
            viewport: WIDE,
            colorScheme: 'light',
            ...options,
        });
        context.setDefaultTimeout(PATIENCE);
        const page = await context.newPage();
        this.#watch(page, site);
        return page;
    }

    // Does this with a reader, and lets the reader go whatever happens.
    async reading(site, options, work) {
        const page = await this.reader(site, options);
        try {
            return await work(page);
        } finally {
            await page.context().close();
        }
    }

    // Does this for each item, with a few readers at once.
    async each(items, site, options, work) {
        const left = [...items];
        const one = () => this.reading(site, options, async page => {
            while (left.length > 0) {
                await work(page, left.shift());
            }
        });
        await Promise.all(Array.from({ length: WORKERS }, one));
        return `${items.length} pages`;
    }

    #watch(page, site) {
        const wrong = what => this.report.complain(`${here(page)}: ${what}`);
        page.on('console', message => {
            const text = message.text();
            if (!['error', 'warning'].includes(message.type()) || expected(page, text)) {
                return;
            }
            wrong(`the console says: ${text}`);
        });
        page.on('pageerror', why => wrong(`a script fails: ${why.message}`));
        page.on('request', request => {
            const url = request.url();
            if (!url.startsWith(site) && !url.startsWith('data:')) {
                wrong(`a request leaves the book: ${url}`);
            }
        });
        page.on('requestfailed', request => {
            const why = request.failure()?.errorText;
            // Whoever leaves a page no longer waits for what it has asked for.
            if (why !== 'net::ERR_ABORTED') {
                wrong(`a request fails: ${request.url()} ${why}`);
            }
        });
        page.on('response', response => {
            if (response.status() >= 400 && response.url() !== page.missing) {
                wrong(`${response.status()} for ${response.url()}`);
            }
        });
    }
}

// A page that is asked for because it is missing is complained about by the browser.
function expected(page, text) {
    return page.missing !== undefined && text.includes('status of 404');
}

// A page and the look it has: what a fault is said to be on.
export function here(page) {
    const width = page.viewportSize()?.width;
    const look = [page.theme, width === NARROW.width && `${width} px`];
    const path = decodeURI(page.url()).replace(/^.*?\/(?=(?:en|fr|es)\/)/, '');
    return [path, ...look.filter(Boolean)].join(', ');
}

// Opens a page of the book.
export async function open(page, url) {
    page.theme = undefined;
    await page.goto(url);
}

// As if it were chosen in the menu of themes, but without slow changes of colour, which
// would be measured half way.
export async function choose(page, theme) {
    page.theme = theme;
    await page.evaluate(name => {
        const style = document.createElement('style');
        style.textContent = '* { transition: none !important; animation: none !important }';
        document.head.append(style);
        document.getElementById(`mdbook-theme-${name}`).click();
    }, theme);
    // A stylesheet that was disabled is read anew.
    await page.waitForFunction(() =>
        [...document.querySelectorAll('link[rel=stylesheet]')]
            .every(link => link.disabled || link.sheet !== null));
}
