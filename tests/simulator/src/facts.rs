//! The facts for measuring say what the books say: written beside them, and never read by the ledger.

use goodword_edge::native::{Cell, NativeLedger};

use crate::violation::{Check, must};

const EXACT: &str =
    "facts agree with people, claims, orders, what took them back, rewards and the journal";

/// Each finds what one side has and the other has not.
const DIFFERENCES: [(&str, &str); 8] = [
    (
        "people enrolled",
        "SELECT id, enrolled_at, enrolled_at FROM people EXCEPT SELECT person, at, since FROM facts WHERE kind = 'enrolled'
            UNION ALL SELECT kind, count(*), 0 FROM facts WHERE kind = 'enrolled'
                HAVING count(*) <> (SELECT count(*) FROM people)",
    ),
    (
        "offers claimed",
        "SELECT t.referrer, t.channel, t.variant, t.placement, t.version, t.claimed_at, count(*) FROM touches t
                WHERE discount_code IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
            EXCEPT SELECT referrer, channel, variant, placement, version, at, count(*) FROM facts WHERE kind = 'claimed'
                GROUP BY 1, 2, 3, 4, 5, 6",
    ),
    (
        "orders",
        // A later order of a subscription is of the referral of the first one.
        "SELECT CASE WHEN o.id LIKE 'event:%' THEN 'qualified' ELSE 'ordered' END, o.id, o.at, nullif(o.person, ''), r.referrer,
                o.currency, o.total, o.discount
                FROM orders o LEFT JOIN referrals r ON r.order_id = coalesce(json_extract(o.decision, '$.renews'), o.id)
            EXCEPT SELECT kind, order_id, at, person, referrer, currency, amount, discount FROM facts
                WHERE kind IN ('ordered', 'qualified')
            UNION ALL SELECT 'all', count(*), 0, 0, 0, 0, 0, 0 FROM facts WHERE kind IN ('ordered', 'qualified')
                HAVING count(*) <> (SELECT count(*) FROM orders)",
    ),
    (
        "by what click and way orders came",
        // That of a touch of the referrer's that the order has used, or of what had bound its buyer; a code is no click. A click
        // that nobody claimed is stored only if the order was won by it.
        "SELECT f.order_id, f.click, f.channel, f.variant, f.placement FROM facts f
            WHERE f.kind IN ('ordered', 'qualified') AND f.click IN (
                SELECT click_id FROM touches t WHERE t.order_id = f.order_id
                UNION SELECT key FROM bindings b WHERE b.person = f.person) AND NOT EXISTS (
                SELECT 1 FROM touches t WHERE t.click_id = f.click AND t.order_id = f.order_id AND t.referrer = f.referrer
                    AND (t.channel, t.variant, t.placement) IS (f.channel, f.variant, f.placement)) AND NOT EXISTS (
                SELECT 1 FROM bindings b WHERE b.person = f.person AND b.key = f.click AND b.referrer = f.referrer
                    AND (b.channel, b.variant, b.placement) IS (f.channel, f.variant, f.placement))
            UNION ALL SELECT f.order_id, t.click_id, t.channel, t.variant, t.placement FROM facts f
                JOIN touches t ON t.order_id = f.order_id AND t.referrer = f.referrer
                WHERE f.kind IN ('ordered', 'qualified') AND f.click IS NULL
            UNION ALL SELECT f.order_id, f.click, p.code, 0, 0 FROM facts f JOIN people p ON p.code = f.click",
    ),
    (
        "what took orders back",
        "SELECT order_id, count(*) FROM undos GROUP BY order_id
            EXCEPT SELECT order_id, count(*) FROM facts
                WHERE kind IN ('refunded', 'edited', 'cancelled', 'disputed', 'dispute_won', 'dispute_lost') GROUP BY order_id",
    ),
    (
        "whose the orders are that were taken back",
        "SELECT f.seq, f.kind, f.order_id FROM facts f JOIN facts o ON o.order_id = f.order_id AND o.seq < f.seq
            WHERE o.kind IN ('ordered', 'qualified') AND f.referrer IS NOT o.referrer AND f.kind
                IN ('refunded', 'edited', 'cancelled', 'disputed', 'dispute_won', 'dispute_lost')",
    ),
    (
        "rewards and the journal",
        "SELECT reward, sum(CASE WHEN debit = 'expense' THEN amount END), sum(CASE WHEN credit = 'expense' THEN amount END),
                sum(CASE WHEN (credit LIKE 'issued:%' OR credit LIKE 'handed_over:%') AND debit <> 'expense' THEN amount END)
                FROM journal WHERE reward IN (SELECT id FROM rewards) GROUP BY reward
            EXCEPT SELECT reward, sum(CASE WHEN kind IN ('earned', 'regained') THEN amount END),
                sum(CASE WHEN kind = 'lost' THEN amount END), sum(CASE WHEN kind = 'granted' THEN amount END)
                FROM facts WHERE reward IS NOT NULL GROUP BY reward",
    ),
    (
        "cohorts",
        "SELECT f.seq, f.kind FROM facts f LEFT JOIN people p ON p.id = coalesce(f.referrer, f.person)
            WHERE f.since IS NOT CASE WHEN f.referrer IS NULL AND f.kind <> 'enrolled' THEN NULL ELSE p.enrolled_at END",
    ),
];

/// After every step.
pub fn check_facts(ledger: &NativeLedger) -> Check<u64> {
    for (what, difference) in DIFFERENCES {
        let found: Vec<Vec<Cell>> = ledger.query(difference)?;
        must(found.is_empty(), EXACT, || format!("{what}: {found:?}"))?;
    }
    Ok(DIFFERENCES.len() as u64)
}
