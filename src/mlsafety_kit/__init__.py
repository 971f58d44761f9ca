"""Support code of the course notebooks: data, small nets, training, plots, measurements.

These files are shipped to students as they are, beside the notebook, so they hold no answer and no test data. Nothing
here opens a network connection: the only data are those bundled with scikit-learn. Importing the package sets torch to
one thread, because nets this small gain nothing from more and results are then the same on every machine size.

`mlsafety_kit.plots` is the one module that needs matplotlib; import it by name: `from mlsafety_kit import plots`.
"""

import torch

from mlsafety_kit.data import digits
from mlsafety_kit.measurements import record
from mlsafety_kit.nets import MLP
from mlsafety_kit.train import acc, fit, seeded

__all__ = ["MLP", "acc", "digits", "fit", "record", "seeded"]

torch.set_num_threads(1)
