"""The copying stage on Apache Spark, for batches that one machine does not hold: ``pip install "xinde[spark]"``.

The same candidates, judged by the same functions of analyzer.copying, as on one machine; what is distributed, what is broadcast
and what stays with the driver is told in docs/scale.md.
"""
