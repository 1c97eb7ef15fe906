//! Fisher's exact test, one-sided (R. A. Fisher, *Statistical Methods for Research Workers*, 1934): how likely a
//! sample holds so many by chance, given how many there are in all.

/// The probability that a sample of `drawn` out of `all`, of which `marked` are marked, holds `found` or more.
pub(crate) fn tail(found: usize, drawn: usize, marked: usize, all: usize) -> f64 {
    let logs = log_factorials(all);
    let choose = |n: usize, k: usize| logs[n] - logs[k] - logs[n - k];
    let most = drawn.min(marked);
    let possible = |k: usize| marked >= k && all - marked >= drawn - k;
    let chance = |k: usize| (choose(marked, k) + choose(all - marked, drawn - k) - choose(all, drawn)).exp();
    (found..=most).filter(|k| possible(*k)).map(chance).sum::<f64>().min(1.0)
}

/// The natural logarithms of 0! to n!.
fn log_factorials(n: usize) -> Vec<f64> {
    let mut logs = Vec::with_capacity(n + 1);
    let mut sum = 0.0;
    for k in 0..=n {
        sum += if k > 1 { (k as f64).ln() } else { 0.0 };
        logs.push(sum);
    }
    logs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let check = |(found, drawn, marked, all): (usize, usize, usize, usize), expected: f64| {
            let got = tail(found, drawn, marked, all);
            assert!((got - expected).abs() < 1e-9 + expected * 1e-6, "{found} of {drawn}: {got}");
        };
        // The lady tasting tea: all four cups of eight.
        check((4, 4, 4, 8), 1.0 / 70.0);
        check((3, 4, 4, 8), 17.0 / 70.0);
        check((0, 4, 4, 8), 1.0);
        check((1, 2, 1, 2), 1.0);
        check((0, 3, 0, 9), 1.0);
        // R: phyper(9, 19, 281, 20, lower.tail = FALSE)
        assert!(tail(10, 20, 19, 300) < 1e-7);
    }
}
