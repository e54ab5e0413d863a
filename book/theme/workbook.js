// What the pages of the workbook do beyond mdBook's own. Without it they still work.
'use strict';

(() => {
    // The picker leads to the same page; this adds the same place on it.
    const follow = () => {
        for (const link of document.querySelectorAll('.languages a')) {
            link.href = link.href.split('#')[0] + location.hash;
        }
    };
    addEventListener('hashchange', follow);
    follow();

    // The button of the sidebar is a label, which a keyboard cannot press.
    const toggle = document.getElementById('mdbook-sidebar-toggle');
    toggle.addEventListener('keydown', event => {
        if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            toggle.click();
        }
    });

    // What is typed at a terminal can be copied: without the prompts, and without what
    // the program shows. Only where a page may write to the clipboard.
    if (!navigator.clipboard) {
        return;
    }
    const { copy, copied } = document.getElementById('workbook-words').dataset;
    for (const terminal of document.querySelectorAll('.terminal')) {
        const typed = [...terminal.querySelectorAll('kbd')].map(kbd => kbd.textContent);
        if (typed.length === 0) {
            continue;
        }
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = copy;
        button.addEventListener('click', async () => {
            await navigator.clipboard.writeText(typed.join('\n'));
            button.textContent = copied;
            setTimeout(() => { button.textContent = copy; }, 2000);
        });
        (terminal.querySelector('.terminal-name') || terminal).append(button);
    }
})();
