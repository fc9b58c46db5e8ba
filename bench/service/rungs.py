"""Step: the images that the services' images were built from, to tell what a service adds."""

from __future__ import annotations

from bench.inspection.anatomy import anatomy
from bench.inspection.facts import ImageFacts
from bench.inspection.image_facts import image_facts
from bench.inspection.layer_cache import LayerCache
from bench.inspection.sources import from_engine
from bench.record_types import Record, VariantRecord
from bench.row_changes import change_each, share
from bench.run import Run
from bench.service_types import PackageName, RungFact
from builders.matrix import Variant
from builders.plan import tag


def rungs(run: Run, record: Record) -> Record:
    """Take every rung's own image apart; its layers are the service's, so that most is known."""
    engine = run.project.engine
    cache = LayerCache(run.project.workspace.cache / "layers")

    def one(variant: Variant, row: VariantRecord) -> VariantRecord:
        name = tag(variant.name, rung_edition(variant))
        run.project.say(f"inspect {name}", share(run, variant))
        image = engine.image(name)
        if image is None:  # it was removed by hand after the service's was built
            return row.model_copy(update={"rung": None})
        contents = from_engine(engine, variant.name, image, cache, compress=True)
        return row.model_copy(update={"rung": _fact(image_facts(anatomy(contents)), name)})

    return change_each(run, record, "inspect", one)


def rung_edition(variant: Variant) -> str:
    """The edition of the image that the variant's was built from, see `builders.aim`."""
    return variant.edition.removesuffix(variant.workload).removesuffix("-") or "latest"


def _fact(image: ImageFacts, name: str) -> RungFact:
    return RungFact(
        image_id=image.image_id,
        tag=name,
        size_bytes=image.size_bytes,
        compressed_bytes=image.compressed_bytes,
        packages=tuple(
            PackageName(kind=one.kind, name=one.name, version=one.version) for one in image.packages
        ),
    )
