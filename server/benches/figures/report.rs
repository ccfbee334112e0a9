//! Figures beside their goals.

use serde_json::{Value, json};

#[derive(Clone, Copy)]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// Told for comparison.
    None,
}

#[derive(Default)]
pub struct Report {
    figures: Vec<(String, f64, &'static str, Goal)>,
}

impl Report {
    pub fn part(&self, title: &str) {
        println!("\n{title}");
    }

    pub fn figure(&mut self, name: impl Into<String>, value: f64, unit: &'static str, goal: Goal) {
        let name = name.into();
        let (wanted, mark) = match goal {
            Goal::AtMost(most) => (
                format!("≤ {}", short(most)),
                if value <= most { "met" } else { "MISSED" },
            ),
            Goal::AtLeast(least) => (
                format!("≥ {}", short(least)),
                if value >= least { "met" } else { "MISSED" },
            ),
            Goal::None => (String::new(), ""),
        };
        println!("  {name:<58} {:>10} {unit:<6} {wanted:>10}  {mark}", short(value));
        self.figures.push((name, value, unit, goal));
    }

    pub fn end(&self) {
        let with_goal = self.figures.iter().filter(|f| !matches!(f.3, Goal::None));
        let missed: Vec<_> = with_goal
            .clone()
            .filter(|f| !met(f.1, f.3))
            .map(|f| f.0.as_str())
            .collect();
        println!(
            "\n{} figures have a goal, {} missed it",
            with_goal.count(),
            missed.len()
        );
        for name in missed {
            println!("  missed: {name}");
        }
    }

    pub fn json(&self) -> String {
        let one = |(name, value, unit, goal): &(String, f64, &str, Goal)| -> Value {
            let (least, most) = match goal {
                Goal::AtMost(most) => (None, Some(most)),
                Goal::AtLeast(least) => (Some(least), None),
                Goal::None => (None, None),
            };
            json!({ "name": name, "value": value, "unit": unit, "at_least": least, "at_most": most })
        };
        Value::Array(self.figures.iter().map(one).collect()).to_string()
    }
}

fn met(value: f64, goal: Goal) -> bool {
    match goal {
        Goal::AtMost(most) => value <= most,
        Goal::AtLeast(least) => value >= least,
        Goal::None => true,
    }
}

/// Three significant digits.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 || v == v.trunc() => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.digits$}")
}
