// What axe-core finds: for those who listen to a page, and those who see it badly.
// `visits.mjs` says which of it is looked for where.

import { axeSource, choose, here, NARROW, open, THEMES, WIDE } from './browser.mjs';

export const CONTRAST = 'color-contrast';

// All violations are faults, not only serious ones.
// With `parts`, only of these parts of a page.
export async function axe(page, fault, { only, but, state, parts } = {}) {
    await page.evaluate(source => window.axe || (0, eval)(source), axeSource);
    const violations = await page.evaluate(async ({ only, but, parts }) => {
        const there = parts?.filter(part => document.querySelector(part));
        const { violations } = await window.axe.run(there ?? document, {
            resultTypes: ['violations'],
            preload: false,
            ...only && { runOnly: [only] },
            ...but && { rules: { [but]: { enabled: false } } },
        });
        return violations.map(({ id, impact, help, nodes }) => ({
            id,
            impact,
            help,
            nodes: nodes.map(node => {
                const data = node.any[0]?.data ?? {};
                const colours = data.fgColor
                    ? ` (${data.fgColor} on ${data.bgColor}: ${data.contrastRatio})`
                    : '';
                return `${node.target.join(' ')}${colours}`;
            }),
        }));
    }, { only, but, parts });
    for (const { id, impact, help, nodes } of violations) {
        const place = [here(page), state].filter(Boolean).join(', ');
        const more = nodes.length > 3 ? `\n  and ${nodes.length - 3} more` : '';
        fault(`${place}: ${id} (${impact}): ${help}\n  ${nodes.slice(0, 3).join('\n  ')}${more}`);
    }
}

// What can be opened, and what of it is to be seen then. All rules look at the page in
// light; in the other themes contrast is measured where something is new.
const STATES = {
    'sidebar closed': [['#mdbook-menu-bar'], async page => {
        await page.locator('#mdbook-sidebar-toggle').click();
        await page.locator('#mdbook-sidebar').waitFor({ state: 'hidden' });
    }],
    'search open': [['#mdbook-search-wrapper'], async page => {
        await page.locator('#mdbook-search-toggle').click();
        await page.locator('#mdbook-searchbar').fill('moebi');
        await page.locator('#mdbook-searchbar').press('End');
        await page.locator('#mdbook-searchresults li').first().waitFor();
    }],
    'themes open': [['#mdbook-theme-list'], async page => {
        await page.locator('#mdbook-theme-toggle').click();
    }],
    'keys open': [['#mdbook-help-popup'], async page => {
        await page.keyboard.press('?');
        await page.locator('#mdbook-help-popup').waitFor();
    }],
    'answers and hidden lines open': [['main details', 'main pre:has(.boring)'], async page => {
        await page.evaluate(() => {
            document.querySelectorAll('details').forEach(answer => { answer.open = true; });
            document.querySelectorAll('.buttons button:not(.clip-button)')
                .forEach(button => button.click());
        });
    }],
    'words marked': [['main p:has(mark)'], async page => {
        const marked = new URL(page.url());
        marked.search = 'highlight=moebi';
        await page.goto(marked.href);
    }],
};

const NARROW_STATES = {
    'sidebar open': [['#mdbook-sidebar'], async page => {
        await page.locator('#mdbook-sidebar-toggle').click();
        await page.locator('#mdbook-sidebar').waitFor();
    }],
    'search open': STATES['search open'],
    'themes open': STATES['themes open'],
};

export function everyState(browser, book, pages) {
    const sizes = [[WIDE, STATES], [NARROW, NARROW_STATES]];
    const items = pages.flatMap(path => sizes.flatMap(([size, states]) =>
        Object.entries(states).map(([state, [parts, enter]]) =>
            ({ path, size, state, parts, enter }))));
    return async fault => {
        await browser.each(items, book.site, {}, async (page, item) => {
            const { state, parts } = item;
            await page.setViewportSize(item.size);
            await open(page, book.url(item.path));
            await item.enter(page);
            for (const theme of THEMES) {
                await choose(page, theme);
                await axe(page, fault, theme === THEMES[0]
                    ? { state }
                    : { state, parts, only: CONTRAST });
            }
        });
        return `${items.length} states in ${THEMES.length} themes`;
    };
}

// Pages that mdBook's scripts have no part in.
export function bare(browser, book, paths) {
    return async fault => {
        for (const colorScheme of ['light', 'dark']) {
            await browser.reading(book.site, { colorScheme }, async page => {
                for (const path of paths) {
                    await open(page, book.url(path));
                    await axe(page, fault, { state: colorScheme });
                }
            });
        }
    };
}
