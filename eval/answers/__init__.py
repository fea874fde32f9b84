"""How the test items are answered: prompts, the engines that run a model, endpoints."""
