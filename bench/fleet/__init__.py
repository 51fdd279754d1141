"""What judging at scale costs: plain, on Spark, on Ray, from a queue."""
