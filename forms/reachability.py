def unreachable_items(document):
    return []


def unreachable_determinations(document):
    return []
