"""Names of the codes of a checklist in both languages, for reports that people without the format read."""

from __future__ import annotations

from forms.problems import Text

SECTORS: dict[str, Text] = {
    "coal_mine": {"zh": "煤矿", "en": "Coal mine"},
    "non_coal_mine": {"zh": "非煤矿山", "en": "Non-coal mine"},
    "hazardous_chemicals": {"zh": "危险化学品", "en": "Hazardous chemicals"},
    "fire_safety": {"zh": "消防安全", "en": "Fire safety"},
    "road_transport": {"zh": "道路运输", "en": "Road transport"},
    "transportation": {"zh": "交通运输", "en": "Transportation"},
    "urban_construction": {"zh": "城市建设", "en": "Urban construction"},
    "industrial_park": {"zh": "工业园区", "en": "Industrial park"},
    "hazardous_waste": {"zh": "危险废弃物", "en": "Hazardous waste"},
    "special_equipment": {"zh": "特种设备", "en": "Special equipment"},
}
SUBJECT_KINDS: dict[str, Text] = {
    "village": {"zh": "村（社区）", "en": "Village"},
    "enterprise": {"zh": "企业", "en": "Enterprise"},
    "unit": {"zh": "事业单位", "en": "Public institution"},
}
ITEM_TYPES: dict[str, Text] = {
    "judgement": {"zh": "判断", "en": "Judgement"},
    "number": {"zh": "数值", "en": "Number"},
    "choice": {"zh": "选择", "en": "Choice"},
    "facts": {"zh": "事实", "en": "Facts"},
    "text": {"zh": "文字", "en": "Text"},
    "photo": {"zh": "照片", "en": "Photo"},
}
