"""Raw essays to Alpaca rows, one folder a task, split by essay group."""
