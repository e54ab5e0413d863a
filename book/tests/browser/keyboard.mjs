// A page is read and left without a mouse.

import { here, NARROW, open } from './browser.mjs';

const focused = page => page.evaluate(() => {
    const element = document.activeElement;
    const { top, left, bottom, right, width, height } = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth, visibility, opacity } = getComputedStyle(element);
    // What is in a box that appears with it is seen as the box is.
    let seen = Number(opacity);
    for (let box = element.parentElement; box; box = box.parentElement) {
        seen *= Number(getComputedStyle(box).opacity);
    }
    return {
        name: element.id || element.className || element.localName,
        text: (element.getAttribute('aria-label') || element.textContent).trim().slice(0, 40),
        body: element === document.body,
        inside: width > 0 && height > 0 && bottom > 0 && right > 0
            && top < innerHeight && left < innerWidth,
        outlined: outlineStyle !== 'none' && outlineWidth !== '0px',
        visible: visibility === 'visible' && seen > 0.5,
    };
});

// On a page that was just opened.
export async function skipLink(page, fault) {
    await page.keyboard.press('Tab');
    const first = await focused(page);
    if (first.name !== 'skip' || !first.inside || !first.outlined) {
        fault(`${here(page)}: the first that the keyboard reaches is ${first.name}`);
    }
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.localName === 'main')
        .catch(() => fault(`${here(page)}: the link does not lead to the text`));
    // The next stop is in the text or after it, not in the menu.
    await page.keyboard.press('Tab');
    const menu = '#mdbook-menu-bar, #mdbook-sidebar';
    if (await page.evaluate(menu => document.activeElement.closest(menu) !== null, menu)) {
        fault(`${here(page)}: after the link the keyboard is in the menu again`);
    }
}

// Every stop of the tabulator on a page is seen, and shows that it is there.
export function stops(browser, book, paths) {
    let count = 0;
    return async fault => {
        const items = paths.flatMap(path => [{}, { viewport: NARROW }].map(o => [path, o]));
        for (const [path, options] of items) {
            await browser.reading(book.site, options, async page => {
                await open(page, book.url(path));
                const known = new Set();
                for (;;) {
                    await page.keyboard.press('Tab');
                    // What comes into view slowly is looked at when it is there.
                    await page.evaluate(() => Promise.all(
                        document.getAnimations().map(one => one.finished)));
                    const stop = await focused(page);
                    if (stop.body || known.size > 200) {
                        break;
                    }
                    known.add(stop.name);
                    count += 1;
                    const what = `${stop.name} (${stop.text})`;
                    if (!stop.inside || !stop.visible) {
                        fault(`${here(page)}: ${what} has the focus and is not seen`);
                    } else if (!stop.outlined) {
                        fault(`${here(page)}: ${what} does not show that it has the focus`);
                    }
                }
                const picker = page.locator('.languages a');
                for (const wanted of ['skip', 'mdbook-sidebar-toggle', 'mdbook-theme-toggle',
                    'mdbook-search-toggle']) {
                    if (!known.has(wanted)) {
                        fault(`${here(page)}: the keyboard does not reach ${wanted}`);
                    }
                }
                if (await picker.evaluateAll(links => links.some(link => link.tabIndex < 0))) {
                    fault(`${here(page)}: the keyboard does not reach the picker`);
                }
            });
        }
        return `${count} stops`;
    };
}

// By its key, and by the others that a button has.
export function sidebar(browser, book, path) {
    return async fault => {
        for (const key of ['Enter', ' ']) {
            await browser.reading(book.site, {}, async page => {
                await open(page, book.url(path));
                const toggle = page.locator('#mdbook-sidebar-toggle');
                await toggle.focus();
                for (const [expanded, state] of [['false', 'hidden'], ['true', 'visible']]) {
                    await page.keyboard.press(key);
                    await page.locator('#mdbook-sidebar').waitFor({ state });
                    const said = await toggle.getAttribute('aria-expanded');
                    if (said !== expanded) {
                        fault(`${here(page)}: ${key}: aria-expanded is ${said}`);
                    }
                }
            });
        }
    };
}

export function picker(browser, book, path) {
    return fault => browser.reading(book.site, {}, async page => {
        await open(page, book.url(path));
        await page.locator('.languages a[hreflang=es]').focus();
        await page.keyboard.press('Enter');
        await page.waitForURL('**/es/**')
            .catch(() => fault(`${here(page)}: Enter does not follow the picker`));
    });
}

// Those who move by landmarks know each by its name.
export async function landmarks(page, fault) {
    const found = await page.evaluate(() => {
        const all = [...document.querySelectorAll('nav, main, [role=search], [role=banner]')];
        return all.map(mark => [
            mark.getAttribute('role') ?? mark.localName,
            mark.getAttribute('aria-label') ?? '',
        ]);
    });
    const unnamed = found.filter(([kind, name]) => kind === 'nav' && name === '');
    if (unnamed.length > 0) {
        fault(`${here(page)}: ${unnamed.length} navigations have no name`);
    }
    for (const kind of ['main', 'banner', 'search']) {
        if (found.filter(([found]) => found === kind).length !== 1) {
            fault(`${here(page)}: not one ${kind}`);
        }
    }
}
