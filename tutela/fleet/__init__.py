"""The engine, unchanged, where one machine is too small: Arrow batches, files at scale, Spark, Ray, brokers."""
