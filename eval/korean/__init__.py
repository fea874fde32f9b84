"""KoBEST through lm-eval: the tasks, the answers, the scores beside a floor."""
