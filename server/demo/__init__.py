"""Demo data that looks like the county, marked as such everywhere it shows; never loaded in production.

Names of enterprises, people and villages are invented and carry 示例; positions are spread inside the county's outline and
belong to no real place. Records go through the same intake as those of phones.
"""
