"""Signs of frailty in the general practice record that are no diseases: moving, eating, skin, continence."""

from stratify.features.recorded_codes import latest_record

_SIGNS = {
    "housebound": "Cannot leave home without help: dependence, and care that comes late.",
    "mobility_problems": "Poor mobility leads to falls, pressure ulcers and chest infections.",
    "skin_ulcer": "Leg and pressure ulcers are slow, get infected and mark poor circulation or immobility.",
    "urinary_incontinence": "Falls on the way, infection, catheters; a common reason for a care home.",
    "weight_loss": "Unintended weight loss is a core sign of frailty and of undiagnosed illness.",
}

FEATURES = tuple(
    latest_record(f"{name}_latest", "frailty_signs", f"efi_{name}", f"{why} A deficit of the eFI (Clegg 2016).")
    for name, why in _SIGNS.items()
)
