// What the buttons put into the clipboard is what one types.

import { here, open } from './browser.mjs';

export async function terminals(page, fault) {
    const copies = await page.evaluate(async () => {
        let written;
        navigator.clipboard.writeText = async text => { written = text; };
        const copies = [];
        for (const terminal of document.querySelectorAll('.terminal')) {
            const typed = terminal.querySelectorAll('kbd').length;
            const button = terminal.querySelector('button');
            written = undefined;
            button?.click();
            await null;
            copies.push({ typed, button: button !== null, written });
        }
        return copies;
    });
    for (const { typed, button, written } of copies) {
        if (button !== typed > 0) {
            fault(`${here(page)}: a terminal with ${typed} typed lines: button ${button}`);
        } else if (button && written?.split('\n').length !== typed) {
            fault(`${here(page)}: ${typed} typed lines, copied: ${written}`);
        } else if (button && /^(\$|\S*@\S*>|\S*>|iex.*>) /m.test(written)) {
            fault(`${here(page)}: a prompt is copied: ${written}`);
        }
    }
}

// mdBook's own button, and ours, with the real clipboard.
export function clipboard(browser, book) {
    const options = { permissions: ['clipboard-read', 'clipboard-write'] };
    return fault => browser.reading(book.site, options, async page => {
        await open(page, book.url('fr/nodes.html'));
        const read = () => page.evaluate(() => navigator.clipboard.readText());
        const typed = 'cargo run --bin nodes -- --sname kate@localhost';
        await page.locator('.terminal button').first().click();
        await page.locator('.terminal button', { hasText: 'copié' }).waitFor();
        const shell = await read();
        if (shell !== typed) {
            fault(`${here(page)}: copied from the first terminal: ${shell}`);
        }
        const listing = page.locator('main pre:has(> code)').first();
        const shown = await listing.locator('code').innerText();
        // By the keyboard: the button is there for those who have no mouse to hover with.
        await listing.locator('.clip-button').focus();
        await page.keyboard.press('Enter');
        await page.locator('.tooltiptext', { hasText: 'Copié' }).waitFor();
        const code = await read();
        if (code.trim() !== shown.trim()) {
            fault(`${here(page)}: copied from the first listing: ${code}`);
        }
    });
}
