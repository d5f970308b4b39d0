"""Builds catalog's services."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from backend.catalog.repository.brand import BrandRepository
from backend.catalog.repository.category import CategoryRepository
from backend.catalog.repository.home import HomeRepository
from backend.catalog.repository.keepsake import FavouriteRepository, ViewedRepository
from backend.catalog.repository.product import ProductRepository
from backend.catalog.repository.tag import TagRepository
from backend.catalog.repository.template import TemplateRepository
from backend.catalog.service.arranging import Arranging
from backend.catalog.service.availability import Availability
from backend.catalog.service.browsing import Browsing
from backend.catalog.service.categories import Categories
from backend.catalog.service.editing import Editing
from backend.catalog.service.importing.booking import CatalogImport
from backend.catalog.service.keepsakes import Favourites, RecentlyViewed
from backend.catalog.service.naming import Naming
from backend.catalog.service.query import CatalogQuery
from backend.catalog.service.relisting import Relisting
from backend.catalog.service.selling import Selling
from backend.catalog.service.storefront import Storefront
from backend.catalog.service.templates import Templates
from conf.settings import Settings
from kit.cache.hot import HotCache, fingerprint
from kit.cache.redis import redis_client
from kit.context.wiring import Wired


@dataclass(frozen=True)
class CatalogServices:
    """One object per capability."""

    categories: Categories
    editing: Editing
    selling: Selling
    availability: Availability
    importing: CatalogImport
    storefront: Storefront
    relisting: Relisting
    favourites: Favourites
    viewed: RecentlyViewed
    query: CatalogQuery
    templates: Templates
    arranging: Arranging


services: Wired[CatalogServices] = Wired("catalog")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services into `app`."""
    categories, products, brands, tags = CategoryRepository(), ProductRepository(), BrandRepository(), TagRepository()
    cache = HotCache(redis_client, name=f"catalog:{fingerprint(settings.database.url)}")
    services.install(
        app,
        CatalogServices(
            categories=Categories(categories, products, cache),
            editing=Editing(products, categories, Naming(brands, tags), cache),
            selling=Selling(products, cache),
            availability=Availability(products, cache),
            importing=CatalogImport(products, categories, brands, cache),
            storefront=Storefront(cache, Browsing()),
            relisting=Relisting(products, cache),
            favourites=Favourites(FavouriteRepository()),
            viewed=RecentlyViewed(ViewedRepository()),
            query=CatalogQuery(),
            templates=Templates(TemplateRepository(), categories),
            arranging=Arranging(HomeRepository(), cache),
        ),
    )
